"""The API `http`: `main()` on Flask, as Kyma's runtime python314 has it."""
