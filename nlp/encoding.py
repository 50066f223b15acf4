"""The layers under spaCy's recogniser of names, computed as they are but for what only training needs.

Half of their time goes into the vector of each word, which is the same wherever it stands and so is kept, and into
arrays that are made for learning. The sums are those of spaCy's `MultiHashEmbed`, `MaxoutWindowEncoder` and thinc.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from spacy.attrs import NORM, ORTH
from spacy.tokens import Doc
from thinc.api import Model

MOST_WORDS = 20_000
"""Words whose vectors are kept, 400 bytes each; then all are forgotten and learned anew."""

_Floats = Any
"""An array of 32-bit floats: words by columns."""
_KNOWN = {
    *("extract_features", "list2ragged", "ragged2list", "ints-getitem", "hashembed", "static_vectors"),
    *("expand_window", "maxout", "layernorm", "dropout"),
}


def quicken(recogniser: Any) -> None:
    """Replace the layers of a recogniser's model by quicker ones of the same sums.

    A model of another make, such as a user's own, is left as it is.
    """
    layers = recogniser.model.get_ref("tok2vec").layers[0].layers
    leaves = {layer.name for block in layers for layer in block.walk() if not layer.layers}
    columns = [layer.attrs["columns"] for layer in layers[0].walk() if layer.name == "extract_features"]
    if len(layers) == 2 and leaves <= _KNOWN and columns == [["NORM", "PREFIX", "SUFFIX", "SHAPE"]]:
        width = layers[0].get_dim("nO")
        layers[0] = Model("kept_word_vectors", _word_vectors, layers=[layers[0]], attrs={"kept": {}, "width": width})
        layers[1].layers[0] = _encoder(layers[1].layers[0])


def _word_vectors(model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> tuple[list[_Floats], Any]:
    """Return the vectors of the documents' words; the layer's features of a word follow from its form and its norm."""
    kept: dict[tuple[int, int], _Floats] = model.attrs["kept"]
    width: int = model.attrs["width"]
    if len(kept) > MOST_WORDS:
        kept.clear()
    words = [list(map(tuple, doc.to_array([NORM, ORTH]).tolist())) for doc in docs]
    if any(word not in kept for of_doc in words for word in of_doc):
        fresh = [n for n, of_doc in enumerate(words) if any(word not in kept for word in of_doc)]
        for n, vectors in zip(fresh, model.layers[0].predict([docs[n] for n in fresh]), strict=True):
            kept.update(zip(words[n], vectors, strict=True))
    return [np.array([kept[word] for word in of_doc], dtype="f").reshape(-1, width) for of_doc in words], None


def _encoder(layers: Model[Any, Any]) -> Model[Any, Any]:
    """Return the layers that look at each word and its neighbours as one."""
    blocks = []
    for block in layers.layers:
        maxout = next(layer for layer in block.walk() if layer.name == "maxout")
        norm = next(layer for layer in block.walk() if layer.name == "layernorm")
        weights: Any = maxout.get_param("W")
        bias: Any = maxout.get_param("b")
        width, pieces, inputs = weights.shape
        # the pieces one after the other: the greatest of each is then found in whole rows
        blocks.append(
            (
                np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(pieces * width, inputs)),
                np.ascontiguousarray(bias.T.reshape(pieces * width)),
                norm.get_param("G"),
                norm.get_param("b"),
            )
        )
    return Model("quick_encoder", _encode, attrs={"blocks": blocks}, ops=layers.ops)


def _encode(model: Model[Any, Any], words: _Floats, is_train: bool) -> tuple[_Floats, Any]:
    width, ops = words.shape[1], model.ops
    for weights, bias, scale, shift in model.attrs["blocks"]:
        sums: Any = ops.gemm(ops.seq2col(words, 1), weights, trans2=True)
        sums += bias
        best = np.maximum(sums[:, :width], sums[:, width : 2 * width])
        for piece in range(2 * width, sums.shape[1], width):
            np.maximum(best, sums[:, piece : piece + width], out=best)
        best -= best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best) / np.float32(width) + np.float32(1e-08)
        best *= (variance ** np.float32(-0.5))[:, None]
        best *= scale
        best += shift
        best += words
        words = best
    return words, None
