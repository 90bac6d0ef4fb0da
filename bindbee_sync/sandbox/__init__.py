"""A local Bindbee with an applicant tracking system behind it, for the demo, tests, and trying things out.

| module | holds |
|---|---|
| `seed`, `seed_jobs` | the company, with ids that never change |
| `source` | the ATS, where a create shows at once |
| `synced` | Bindbee's copy, which only a sync brings up to date |
| `creates` | Create Job: what each of the two checks |
| `listing`, `api`, `limits` | the documented API |
| `gate`, `faults`, `settings` | what goes wrong |
| `admin` | `/_sandbox/`: looking behind the scenes |
| `world`, `app`, `server` | all of it together, and running |
"""
