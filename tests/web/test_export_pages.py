"""The supervisor's page of exports: what is asked for is checked, made, written down, handed out once more, and gone."""
