"""What people look at: verdicts, figures, tables and texts."""
