"""From a request to the arguments of its endpoint: FastAPI describes the parameters, pydantic checks them in one step.

FastAPI would look at every parameter of every model anew for each request, which took longer than the answer itself.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Coroutine, Iterable
from typing import Any
from urllib.parse import parse_qsl

from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api.problems import from_validation

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class CheckedRoute(APIRoute):
    """A route whose endpoint takes `request`, the parameters of its path, and at most one model of its query."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request. Raises a 400 problem that names the parameter which is wrong."""
        hints = typing.get_type_hints(self.endpoint, include_extras=True)
        in_path = {name: TypeAdapter[Any](hints[name]) for name in self.param_convertors}
        models = {
            name: typing.get_args(hint)[0]
            for name, hint in hints.items()
            if name not in ("request", "return") and name not in in_path
        }
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            arguments: dict[str, Any] = {"request": request}
            for name, adapter in in_path.items():
                try:
                    arguments[name] = adapter.validate_python(request.path_params[name])
                except ValidationError as error:
                    raise from_validation(error, name) from error
            for name, model in models.items():
                query = request.scope["query_string"].decode("latin-1")
                arguments[name] = checked(model, parse_qsl(query, keep_blank_values=True))
            response: Response = await endpoint(**arguments)
            return response

        return handle


def checked[M: BaseModel](model: type[M], parameters: Iterable[tuple[str, str]]) -> M:
    """Return the model of a query. A name may be repeated where its field is a tuple; else its last value counts.

    Raises a 400 problem that names the parameter which is wrong.
    """
    values: dict[str, Any] = {}
    fields = model.model_fields
    for name, value in parameters:
        if name in fields and typing.get_origin(fields[name].annotation) is tuple:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise from_validation(error) from error
