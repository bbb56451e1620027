"""The plan of journeyflow as Dagster assets; holds no logic of its own."""
