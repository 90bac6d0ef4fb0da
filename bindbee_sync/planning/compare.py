"""The fields in which a file and the job that it manages differ."""

from __future__ import annotations

from html import unescape

from bindbee_sync.bindbee.models import NOT_KNOWN, Job
from bindbee_sync.job_file import CREATE_FIELDS, JobFile
from bindbee_sync.planning.model import Change
from bindbee_sync.planning.references import References
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.text import composed

NOT_READABLE = ("openings", "template_id", "remote_user_id")
REFERENCE_LISTS = ("departments", "offices", "hiring_managers", "recruiters")
COMPARABLE = tuple(field for field in CREATE_FIELDS if field not in NOT_READABLE)
HIDDEN = "(confidential)"


def differences(
    file: JobFile,
    references: References,
    job: Job,
    *,
    provider: str,
    ignored: tuple[str, ...],
) -> tuple[Change, ...]:
    """Return the fields that `file` sets and that `job` shows otherwise, in the order of Create Job.

    `references` are those of the file. A confidential job's values are not shown.
    """
    not_taken = pack_of(provider).not_taken
    desired: dict[str, object] = {}
    actual: dict[str, object] = {}
    left_out = {*ignored, *file.spec.sync.ignore_changes}
    for field in COMPARABLE:
        if getattr(file.spec, field) is None or field in left_out:
            continue
        remote = getattr(job, field)
        # The ATS never received it, so the list will never show it: drift that no one could end.
        if remote is None and field in not_taken:
            continue
        if field == "status" and remote == NOT_KNOWN:
            continue
        if field == "job_posting_urls":
            desired[field], actual[field] = _urls(file, job)
        elif field in REFERENCE_LISTS:
            desired[field], actual[field] = [each.value for each in references[field]], list(remote or ())
        else:
            desired[field], actual[field] = getattr(file.spec, field), remote
    return tuple(
        Change(
            field=field,
            desired=desired[field],
            actual=HIDDEN if job.confidential and field not in ("status", "confidential") else actual[field],
        )
        for field in desired
        if not equal(field, desired[field], actual[field])
    )


def equal(field: str, desired: object, actual: object) -> bool:
    """Return whether two values of `field` mean the same: the order of a list does not count."""
    if desired == actual:
        return True
    if isinstance(desired, list):
        # Imported only where two lists differ: it takes a tenth of a second, and most plans need none of it.
        from deepdiff import DeepDiff  # noqa: PLC0415 - see above

        return not DeepDiff(desired, actual, ignore_order=True)
    if isinstance(desired, str) and isinstance(actual, str):
        desired, actual = composed(desired), composed(actual)
        if field == "description":
            # Some ATSs list HTML with its `<` as `&lt;`: to a candidate it is the same text.
            return desired.split() in (actual.split(), unescape(actual).split())
        # White space at the ends is cut from what a file holds, so the ATS's own can't count either.
        return desired == actual.strip()
    return False


def _urls(file: JobFile, job: Job) -> tuple[list[object], list[object]]:
    """Return both sides' URLs; the type of one counts only where file and job both state it."""
    wanted = file.spec.job_posting_urls or ()
    listed = job.job_posting_urls or ()
    plain = {
        *(url.value for url in wanted if "url_type" not in url.model_fields_set),
        *(url.value for url in listed if url.url_type is None),
    }
    return (
        [url.value if url.value in plain else url.model_dump() for url in wanted],
        [url.value if url.value in plain else url.model_dump() for url in listed],
    )
