"""Why what came back does not become a signature."""


class SignatureRefused(Exception):
    """What came back can't be put under the document."""


class NotASignature(SignatureRefused):
    """What came back is no signature that can be read."""


class SignatureForAnotherDocument(SignatureRefused):
    """The signature was made for other bytes."""


class SignatureTooLarge(SignatureRefused):
    """The signature does not fit into the place kept for it."""


class SignatureByAnotherPerson(SignatureRefused):
    """The signature was made with another certificate than the one it was asked of."""


class PreparedDocumentChanged(SignatureRefused):
    """The document is no longer the one that was prepared."""
