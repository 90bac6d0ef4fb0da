"""A local Bindbee with an applicant tracking system behind it, for the demo, tests, and trying things out.

| module | holds |
|---|---|
| `seed`, `seed_names`, `seed_people`, `seed_jobs` | the companies, with ids that never change |
| `source` | the ATS, where a create shows at once |
| `synced` | Bindbee's copy, which only a sync brings up to date |
| `creates` | Create Job: what each of the two checks |
| `listing`, `api`, `limits` | the documented API |
| `gate`, `faults`, `settings` | what goes wrong |
| `admin`, `texts` | `/_sandbox/`: looking behind the scenes |
| `connector`, `local_bindbee` | one connector with all that is its own, and all of them |
| `app`, `server`, `steering` | all of it running, and steered from a test |
"""
