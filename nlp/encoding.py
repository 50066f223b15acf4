"""The component `quick_ner`: spaCy's recogniser of names, computed as it is but for what only training needs.

Half of its time goes into the vector of each word, which is the same wherever it stands and so is kept, and into
arrays that are made for learning. The sums are those of spaCy's `MultiHashEmbed`, `MaxoutWindowEncoder` and thinc.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from spacy.attrs import NORM, ORTH
from spacy.language import Language
from spacy.pipeline.ner import DEFAULT_NER_MODEL, EntityRecognizer
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps
from threadpoolctl import threadpool_limits

MOST_WORDS = 20_000
"""Words whose vectors are kept, 400 bytes each; then all are forgotten and learned anew."""

FEWEST_ROWS = 32
"""Rows that are multiplied at least: of fewer, the sums would differ in their last digits from those of many."""

ROWS = 512
"""Words that are encoded at a time: what is computed of them stays in the processor's cache."""

_Floats = Any
"""An array of 32-bit floats: words by columns."""
_KNOWN = {
    *("extract_features", "list2ragged", "ragged2list", "ints-getitem", "hashembed", "static_vectors"),
    *("expand_window", "maxout", "layernorm", "dropout"),
}


class _Operations(NumpyOps):  # type: ignore[misc]
    """thinc's operations, but products of matrices as numpy makes them: in a third of the time."""

    def gemm(
        self, x: _Floats, y: _Floats, *, out: _Floats = None, trans1: bool = False, trans2: bool = False
    ) -> _Floats:
        x, y = x.T if trans1 else x, y.T if trans2 else y
        rows = len(x)
        if rows < FEWEST_ROWS:
            x = np.concatenate((x, np.zeros((FEWEST_ROWS - rows, x.shape[1]), dtype=x.dtype)))
        product: _Floats = np.dot(x, y)[:rows] if rows < FEWEST_ROWS else np.dot(x, y, out=out)
        if out is not None and product is not out:
            out[:] = product
        return product if out is None else out


class QuickRecogniser(EntityRecognizer):  # type: ignore[misc]
    """spaCy's recogniser as it is loaded, never trained: with quicker layers, and no look for labels it never learned."""

    def from_disk(self, path: Path | str, *, exclude: Sequence[str] = ()) -> QuickRecogniser:
        """Load the weights, as spaCy does, and replace the layers that hold them."""
        super().from_disk(path, exclude=exclude)
        _quicken(self)
        return self

    def _ensure_labels_are_added(self, docs: Sequence[Doc]) -> int:
        return 0


@Language.factory(  # type: ignore[untyped-decorator]
    "quick_ner",
    default_config={
        "model": DEFAULT_NER_MODEL,
        "moves": None,
        "update_with_oracle_cut_size": 100,
        "incorrect_spans_key": None,
        "scorer": {"@scorers": "spacy.ner_scorer.v1"},
    },
)
def make_quick_recogniser(
    nlp: Language,
    name: str,
    model: Model[Any, Any],
    moves: Any,
    update_with_oracle_cut_size: int,
    incorrect_spans_key: str | None,
    scorer: Callable[..., Any] | None,
) -> QuickRecogniser:
    """Make the component as spaCy makes its `ner`, of the same settings."""
    return QuickRecogniser(
        nlp.vocab,
        model,
        name,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        incorrect_spans_key=incorrect_spans_key,
        scorer=scorer,
    )


def _quicken(recogniser: QuickRecogniser) -> None:
    """Replace the layers of a recogniser's model by quicker ones of the same sums.

    A model of another make, such as a user's own, keeps its layers. From then on this process multiplies matrices in
    one thread: they are small, and its neighbours work on the other cores.
    """
    threadpool_limits(1, user_api="blas")
    operations = _Operations()
    for layer in recogniser.model.walk():
        layer.ops = operations
    layers = recogniser.model.get_ref("tok2vec").layers[0].layers
    leaves = {layer.name for block in layers for layer in block.walk() if not layer.layers}
    columns = [layer.attrs["columns"] for layer in layers[0].walk() if layer.name == "extract_features"]
    if len(layers) == 2 and leaves <= _KNOWN and columns == [["NORM", "PREFIX", "SUFFIX", "SHAPE"]]:
        width = layers[0].get_dim("nO")
        layers[0] = Model("kept_word_vectors", _word_vectors, layers=[layers[0]], attrs={"kept": _KeptVectors(width)})
        layers[1].layers[0] = _encoder(layers[1].layers[0])


class _KeptVectors:
    """The vectors of the words met so far, in the order they were met."""

    def __init__(self, width: int) -> None:
        self._rows: dict[bytes, int] = {}
        self._vectors = np.zeros((MOST_WORDS, width), dtype="f")

    def of(self, docs: Sequence[Doc], layer: Model[Any, Any]) -> list[_Floats]:
        """Return the vectors of each document's words, those of new words by the layer.

        The layer's features of a word follow from its form and its norm.
        """
        tokens = [doc.to_array([ORTH, NORM]) for doc in docs]
        words: list[bytes] = np.concatenate(tokens).view("V16").ravel().tolist()
        fresh = self._fresh(words)
        if len(self._rows) + len(fresh) > len(self._vectors):
            self._rows.clear()
            fresh = self._fresh(words)
            self._vectors = np.zeros((max(MOST_WORDS, len(fresh)), self._vectors.shape[1]), dtype="f")
        if fresh:
            vocab, first = docs[0].vocab, len(self._rows)
            forms, norms = np.frombuffer(b"".join(fresh), dtype="uint64").reshape(-1, 2).T
            doc = Doc(vocab, words=[vocab.strings[form] for form in forms.tolist()])
            doc.from_array([NORM], norms[:, None])
            self._vectors[first : first + len(fresh)] = layer.predict([doc])[0]
            self._rows.update(zip(fresh, range(first, first + len(fresh)), strict=True))
        vectors = self._vectors[[self._rows[word] for word in words]]
        ends = list(accumulate(map(len, tokens)))
        return [vectors[end - len(of_doc) : end] for of_doc, end in zip(tokens, ends, strict=True)]

    def _fresh(self, words: Sequence[bytes]) -> list[bytes]:
        return list(dict.fromkeys(word for word in words if word not in self._rows))


def _word_vectors(model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> tuple[list[_Floats], Any]:
    kept: _KeptVectors = model.attrs["kept"]
    return kept.of(docs, model.layers[0]), None


def _encoder(layers: Model[Any, Any]) -> Model[Any, Any]:
    """Return the layers that look at each word and its neighbours as one."""
    blocks = []
    for block in layers.layers:
        maxout = next(layer for layer in block.walk() if layer.name == "maxout")
        norm = next(layer for layer in block.walk() if layer.name == "layernorm")
        weights: Any = maxout.get_param("W")
        bias: Any = maxout.get_param("b")
        pieces = [(np.ascontiguousarray(weights[:, piece]), bias[:, piece].copy()) for piece in range(weights.shape[1])]
        blocks.append((pieces, norm.get_param("G"), norm.get_param("b")))
    return Model("quick_encoder", _encode, attrs={"blocks": blocks}, ops=layers.ops)


def _encode(model: Model[Any, Any], words: _Floats, is_train: bool) -> tuple[_Floats, Any]:
    """Encode the words piece by piece, each with the neighbours that reach it through the layers."""
    blocks, ops = model.attrs["blocks"], model.ops
    reach, length = len(blocks), len(words)
    out = np.empty_like(words)
    for begin in range(0, length, ROWS):
        first, end = max(0, begin - reach), min(length, begin + ROWS)
        encoded = _encoded(blocks, ops, words[first : end + reach])
        out[begin:end] = encoded[begin - first : end - first]
    return out, None


def _encoded(blocks: Sequence[Any], ops: Any, words: _Floats) -> _Floats:
    width = words.shape[1]
    for ((weights, bias), *others), scale, shift in blocks:
        windows = ops.seq2col(words, 1)
        best: Any = ops.gemm(windows, weights, trans2=True)
        best += bias
        for weights, bias in others:
            piece: Any = ops.gemm(windows, weights, trans2=True)
            piece += bias
            np.maximum(best, piece, out=best)
        best -= best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best) / np.float32(width) + np.float32(1e-08)
        best *= (variance ** np.float32(-0.5))[:, None]
        best *= scale
        best += shift
        best += words
        words = best
    return words
