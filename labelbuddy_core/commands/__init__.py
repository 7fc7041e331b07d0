"""Commands of `labelbuddy` that have many options, a file each; `cli` names them all."""
