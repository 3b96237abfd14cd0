"""Who signs in during a bench run."""

AGENTS = tuple(f"agent{i}" for i in range(8))
MANAGER = "manager"
PASSWORD = "only-for-the-bench"
