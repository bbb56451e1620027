"""What is computed from the ledger: paths, graph, stages, credit."""
