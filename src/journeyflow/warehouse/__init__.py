"""The writer's side: databases, ledger, models, plan, runs and publishing."""
