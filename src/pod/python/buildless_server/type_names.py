"""The names of `typing` that annotations have here, for which nothing else of it is needed.

Python takes longer to import `typing` than the whole of this server's own code, and no annotation is ever evaluated. A
type checker sees the real ones.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any as Any
    from typing import Literal as Literal
    from typing import NoReturn as NoReturn
    from typing import Protocol as Protocol
else:
    Any = NoReturn = Protocol = object
    Literal = tuple
