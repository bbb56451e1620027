"""Who is who: identifiers are normalised, keyed, and joined to persons."""
