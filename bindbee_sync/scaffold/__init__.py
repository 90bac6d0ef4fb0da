"""What `init` puts into a repository: templates beside this file, and how they get there."""
