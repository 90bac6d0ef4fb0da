"""The files that `init` writes into a repository: templates, and the code that writes them."""
