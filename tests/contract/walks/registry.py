"""Which function walks which operation."""

WALKS = {}


def walk(operation_id):
    """Marks the function that walks this operation; it takes the world."""

    def register(function):
        assert operation_id not in WALKS, f"{operation_id} is walked twice"
        WALKS[operation_id] = function
        return function

    return register
