# The image of a release: `make dist` first. It holds the wheel of dist and the packages that it needs, installed by
# their hashes. Dependabot renews the digest of the base.
FROM python:3.13-slim@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285 AS base

FROM base AS build
WORKDIR /build
COPY requirements/action.txt dist/SHA256SUMS dist/*.whl ./
RUN python -m venv /opt/bindbee-sync
RUN /opt/bindbee-sync/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps \
    --only-binary :all: --require-hashes --requirement action.txt
RUN awk '/\.whl$/ { print "./" $2 " --hash=sha256:" $1 }' SHA256SUMS > wheel.txt && \
    /opt/bindbee-sync/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps \
    --no-index --require-hashes --requirement wheel.txt

FROM base
# git: for a ledger that is a branch
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/bindbee-sync /opt/bindbee-sync
# nothing is written outside the mounted repository: the root file system may be read-only
ENV PATH=/opt/bindbee-sync/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HOME=/nonexistent
USER 65532:65532
WORKDIR /repository
ENTRYPOINT ["bindbee-sync"]
