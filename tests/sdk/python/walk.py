"""Walks through the whole API by the official Python SDK; ../steps.txt says what each step does."""

import sys

# In the order of the walk; each module adds its steps when it is imported.
import operational  # noqa: F401
import event_types  # noqa: F401
import applications  # noqa: F401
import endpoints  # noqa: F401
import messages  # noqa: F401
import attempts  # noqa: F401
import recovery  # noqa: F401
import polling  # noqa: F401
import access  # noqa: F401
from walker import World, walk

sys.exit(walk(World()))
