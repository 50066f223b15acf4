"""The component `quick_ner`: spaCy's recogniser of names, computed as it is but for what only training needs.

Half of its time goes into the vector of each word, which is the same wherever it stands and so is kept, and into
arrays that are made for learning. The sums are those of spaCy's `MultiHashEmbed`, `MaxoutWindowEncoder` and thinc; those
over each word and its neighbours are made four words at a time of six products instead of twelve, which differs in the
sixth digit (F(4, 3) of Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from spacy.attrs import NORM, ORTH
from spacy.language import Language
from spacy.pipeline.ner import DEFAULT_NER_MODEL, EntityRecognizer
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps
from threadpoolctl import threadpool_limits

MOST_WORDS = 14_000
"""Words whose vectors are kept, 400 bytes each; then all are forgotten and learned anew."""

ROWS = 48
"""Rows are multiplied so many at a time, a multiple of what OpenBLAS takes at once on the processors we know: those left over it
adds up in another order, and the sums of a word would differ in their last digits by what stands beside it."""

EDGE = 8
"""Columns of nothing on both sides of a matrix that is multiplied with: in the outermost ones some kernels add up in an
order of their own for every other rows."""

AT_ONCE = 10 * ROWS
"""Rows of a product that are computed at a time."""

TILES = 192
"""Tiles of four words that are encoded at a time: what is computed of them stays in the processor's cache."""

_Floats = Any
"""An array of 32-bit floats: words by columns."""
_KNOWN = {
    *("extract_features", "list2ragged", "ragged2list", "ints-getitem", "hashembed", "static_vectors"),
    *("expand_window", "maxout", "layernorm", "dropout"),
}


def _whole(rows: int) -> int:
    return -(-rows // ROWS) * ROWS


class _Operations(NumpyOps):  # type: ignore[misc]
    """thinc's operations, but products of matrices as numpy makes them: in a third of the time."""

    def gemm(
        self, x: _Floats, y: _Floats, *, out: _Floats = None, trans1: bool = False, trans2: bool = False
    ) -> _Floats:
        x, y = x.T if trans1 else x, y.T if trans2 else y
        if out is None:
            out = np.empty((len(x), y.shape[1]), dtype=x.dtype)
        edged = np.pad(y, ((0, 0), (EDGE, EDGE)))
        for begin in range(0, len(x), AT_ONCE):  # so few that the product stays in the processor's cache
            part = x[begin : begin + AT_ONCE]
            rows = len(part)
            if missing := _whole(rows) - rows:
                part = np.concatenate((part, np.zeros((missing, part.shape[1]), dtype=part.dtype)))
            out[begin : begin + rows] = np.dot(part, edged)[:rows, EDGE:-EDGE]
        return out


class QuickRecogniser(EntityRecognizer):  # type: ignore[misc]
    """spaCy's recogniser as it is loaded, never trained: with quicker layers, and no look for labels it never learned."""

    sees: int | None = None
    """Words on each side of a word that tell what it makes of it; None where it may be all of the text."""

    def from_disk(self, path: Path | str, *, exclude: Sequence[str] = ()) -> QuickRecogniser:
        """Load the weights, as spaCy does, and replace the layers that hold them."""
        super().from_disk(path, exclude=exclude)
        self.sees = _quicken(self)
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


def _quicken(recogniser: QuickRecogniser) -> int | None:
    """Replace the layers of a recogniser's model by quicker ones of the same sums; return how many words each way they see.

    A model of another make, such as a user's own, keeps its layers: None. From then on this process multiplies matrices in
    one thread: they are small, and its neighbours work on the other cores.
    """
    threadpool_limits(1, user_api="blas")
    operations = _Operations()
    for layer in recogniser.model.walk():
        layer.ops = operations
    layers = recogniser.model.get_ref("tok2vec").layers[0].layers
    leaves = {layer.name for block in layers for layer in block.walk() if not layer.layers}
    columns = [layer.attrs["columns"] for layer in layers[0].walk() if layer.name == "extract_features"]
    windows = {layer.attrs["window_size"] for layer in layers[-1].walk() if layer.name == "expand_window"}
    if (
        len(layers) != 2
        or not leaves <= _KNOWN
        or columns != [["NORM", "PREFIX", "SUFFIX", "SHAPE"]]
        or windows != {1}
        or layers[1].attrs["pad"] < len(layers[1].layers[0].layers)
    ):
        return None
    blocks = _blocks(layers[1].layers[0])
    width = layers[0].get_dim("nO")
    layers[0] = Model("kept_word_vectors", _word_vectors, layers=[layers[0]], attrs={"kept": _KeptVectors(width)})
    layers[1] = Model("quick_encoder", _encode, attrs={"blocks": blocks})
    return len(blocks)


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


class _Block(NamedTuple):
    """A layer that looks at each word and its neighbours."""

    weights: _Floats
    """Of each of the six products: width by (pieces × width), and the edges."""
    bias: _Floats
    scale: _Floats
    shift: _Floats
    beyond: _Floats
    """What a place far from all words holds before this layer."""


_COMBINED = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / np.array([[24]])
"""How the weights for the word before, the word and the word after make those of the six products."""
_FACTORS = np.array(
    [
        *([4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0]),
        *([0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1]),
    ],
    dtype="f",
)
"""How the word before four words, these, and the word after make what the weights of the six products are multiplied with."""
_SUMS = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], dtype="f")
"""How the six products make the sums of the four words."""


def _blocks(layers: Model[Any, Any]) -> list[_Block]:
    blocks: list[_Block] = []
    beyond: _Floats = np.zeros(layers.get_dim("nO"), dtype="f")
    for block in layers.layers:
        maxout = next(layer for layer in block.walk() if layer.name == "maxout")
        norm = next(layer for layer in block.walk() if layer.name == "layernorm")
        scale, shift = norm.get_param("G"), norm.get_param("b")
        weights: Any = maxout.get_param("W").astype("float64")
        width, pieces, _ = weights.shape
        bias: Any = maxout.get_param("b").T.ravel()
        by_place = weights.reshape(width, pieces, 3, width)
        combined = np.einsum("xk,opki->xipo", _COMBINED, by_place).reshape(6, width, pieces * width)
        edged = np.pad(combined, ((0, 0), (0, 0), (EDGE, EDGE))).astype("f")
        blocks.append(_Block(edged, np.pad(bias, EDGE), scale, shift, beyond))
        whole = np.einsum("opki,i->po", by_place, beyond).ravel() + bias
        after = whole.reshape(pieces, width).max(axis=0, keepdims=True).astype("f")
        _normalise(after, scale, shift)
        beyond = beyond + after[0]
    return blocks


def _normalise(rows: _Floats, scale: _Floats, shift: _Floats) -> None:
    rows -= (rows @ np.full(rows.shape[1], 1 / rows.shape[1], dtype="f"))[:, None]
    variance = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1]) + np.float32(1e-08)
    rows *= (variance ** np.float32(-0.5))[:, None]
    rows *= scale
    rows += shift


def _encode(model: Model[Any, Any], texts: list[_Floats], is_train: bool) -> tuple[list[_Floats], Any]:
    """Encode the words of texts, so many tiles at a time.

    A text begins at the third row of a tile and ends before the last but one, so that what stands beyond it is the same
    whatever text comes next.
    """
    blocks: list[_Block] = model.attrs["blocks"]
    width = texts[0].shape[1]
    needed = [(len(text) + 7) // 4 for text in texts]
    most = _whole(max(TILES, *needed))
    room = _Room(most, blocks[0].weights.shape)
    out: list[_Floats] = []
    for begin, end in _together(needed, most):
        starts = np.array([0, *accumulate(needed[begin:end])])
        rows = np.zeros((4 * _whole(starts[-1]), width), dtype="f")
        places = [(4 * start + 2, text) for start, text in zip(starts.tolist(), texts[begin:end], strict=False)]
        for place, text in places:
            rows[place : place + len(text)] = text
        tiles = rows.reshape(-1, 4, width)
        words = room.words[: 6 * len(tiles) * width].reshape(6, -1, width)
        words[1:5] = tiles.transpose(1, 0, 2)
        for block in blocks:
            _add_layer(words, starts[:-1], starts[1:] - 1, block, room)
        tiles[:] = words[1:5].transpose(1, 0, 2)
        out += [rows[place : place + len(text)] for place, text in places]
    return out, None


def _together(needed: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of runs of texts that need at most so many tiles together."""
    begin = tiles = 0
    for end, more in enumerate(needed):
        if tiles + more > most:
            yield begin, end
            begin, tiles = end, 0
        tiles += more
    yield begin, len(needed)


class _Room:
    """Arrays that are used again and again."""

    def __init__(self, tiles: int, weights: tuple[int, int, int]) -> None:
        products, width, out = weights
        self.words = np.empty(6 * tiles * width, dtype="f")
        """Of each tile the word before, its four, and the word after."""
        self.factors = np.empty(products * tiles * width, dtype="f")
        self.products = np.empty(products * tiles * out, dtype="f")
        self.sums = np.empty(4 * tiles * out, dtype="f")
        self.best = np.empty(4 * tiles * width, dtype="f")


def _add_layer(words: _Floats, firsts: _Floats, lasts: _Floats, block: _Block, room: _Room) -> None:
    """Add to the words what a layer makes of each and its neighbours. `firsts` and `lasts` are the tiles at texts' ends."""
    _, n, width = words.shape
    products, _, out = block.weights.shape
    words[0, 1:], words[5, :-1] = words[4, :-1], words[1, 1:]
    words[0, firsts] = words[5, lasts] = words[5, -1] = block.beyond
    factors = room.factors[: products * n * width].reshape(products, -1)
    np.matmul(_FACTORS, words.reshape(products, -1), out=factors)
    made = room.products[: products * n * out].reshape(products, n, out)
    np.matmul(factors.reshape(products, n, width), block.weights, out=made)
    made[1] += block.bias
    sums = room.sums[: 4 * n * out].reshape(4, -1)
    np.matmul(_SUMS, made.reshape(products, -1), out=sums)
    best = room.best[: 4 * n * width].reshape(4 * n, width)
    _best(sums.reshape(4 * n, out), best)
    _normalise(best, block.scale, block.shift)
    words[1:5] += best.reshape(4, n, width)


def _best(pieces: _Floats, out: _Floats) -> None:
    """Take the greatest of each word's pieces, which stand beside each other between the edges."""
    width = out.shape[1]
    first, *others = [pieces[:, begin : begin + width] for begin in range(EDGE, pieces.shape[1] - EDGE, width)]
    np.maximum(first, others[-1] if others else first, out=out)
    for other in others[:-1]:
        np.maximum(out, other, out=out)
