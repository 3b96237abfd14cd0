"""What the product says when it will not do something."""


class Refused(Exception):
    """The act is not possible now; the sentence says why and what to do. Doors answer 409.

    `code` is the guard's name, for programs that call the API.
    """

    status = 409

    def __init__(self, sentence, *, code="refused"):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class NotAllowed(Refused):
    """This person may not do it, whatever the record's state. Doors answer 403."""

    status = 403

    def __init__(self, sentence, *, code="not_allowed"):
        super().__init__(sentence, code=code)
