"""What the public SDKs expect of the API: 65 operations and the shape of every answer.

`operations.json` is drawn from the OpenAPI document that the SDKs are made from. For each operation
it has the id, method, path, names of the query parameters, whether it takes a body, and the
schema of each success; then the schemas, as JSON Schema 2020-12. Bounds that the document spells
as a width (`uint16`) are spelled as numbers. All operations have the same two shapes of error.
"""
