"""Gradient boosting that a killed run resumes, as a scikit-learn estimator."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from takeback.config.candidate_settings import ClassWeight
from takeback.data.expressions import Array
from takeback.models.binary import BinaryClassifier, Watched
from takeback.models.checkpoints import FINGERPRINT, HISTORY, Checkpoints, fingerprint
from takeback.models.segments import cross_validate, final_model, learning_curve
from takeback.models.tree_ensemble import TreeEnsemble


class BoostingClassifier(BinaryClassifier):
    """Gradient boosting by XGBoost; cross-validation with early stopping finds the number of rounds.

    All runs are trained in segments of ``checkpoint_rounds`` rounds, each from the reloaded model of the last segment
    with a seed of its own. Continuing an XGBoost model is not the same as never stopping, once rows or columns are
    sampled; training always in segments is, so an interrupted run ends with the bytes of an uninterrupted one.

    Parameters
    ----------
    max_depth, min_child_weight, subsample, colsample, l2, max_bin, learning_rate
        XGBoost's; ``colsample`` is the share of columns that each tree sees.
    class_weight
        ``none``, or ``balanced``: good and bad applicants weigh the same in total.
    folds, max_rounds, early_stopping_rounds
        The cross-validation: it stops after ``max_rounds``, or ``early_stopping_rounds`` after the best round.
    checkpoint_rounds
        A killed training goes on from the last multiple of this.
    monotonic_cst
        The direction of each feature, shape (d,): 1, -1, or 0 for none.
    random_state
        Seed of the folds and of the samples of rows and columns; None is 0.
    checkpoints
        The folder of the runs' checkpoints, cleared at the end; None keeps none.

    Attributes
    ----------
    booster_, rounds_
        XGBoost's model, and how many rounds it has.
    cv_auc_, curve_
        The AUC of each fold, and by round the mean over the folds of what was measured.
    details_
        What the training metrics say about it.
    """

    def __init__(
        self,
        max_depth: int = 4,
        min_child_weight: float = 30,
        subsample: float = 0.8,
        colsample: float = 0.5,
        l2: float = 10.0,
        max_bin: int = 64,
        class_weight: ClassWeight = "none",
        folds: int = 3,
        learning_rate: float = 0.1,
        max_rounds: int = 400,
        early_stopping_rounds: int = 40,
        checkpoint_rounds: int = 25,
        monotonic_cst: Sequence[int] | None = None,
        random_state: int | None = None,
        checkpoints: str | None = None,
    ) -> None:
        self.max_depth = max_depth
        self.min_child_weight = min_child_weight
        self.subsample = subsample
        self.colsample = colsample
        self.l2 = l2
        self.max_bin = max_bin
        self.class_weight = class_weight
        self.folds = folds
        self.learning_rate = learning_rate
        self.max_rounds = max_rounds
        self.early_stopping_rounds = early_stopping_rounds
        self.checkpoint_rounds = checkpoint_rounds
        self.monotonic_cst = monotonic_cst
        self.random_state = random_state
        self.checkpoints = checkpoints

    def fit(self, X: Any, y: Any, sample_weight: Any = None, watched: Watched | None = None) -> Self:
        """Find the number of rounds, then train on everything.

        Parameters
        ----------
        X, y, sample_weight
            Inputs of shape (n, d), outcomes of shape (n,), and what each row counts.
        watched
            Groups, each of shape (n,): the learning curve shows how far their PDs lie apart. They change no model.
        """
        data = self._training(X, y, sample_weight, watched)
        settings = {name: value for name, value in self.get_params().items() if name != "checkpoints"}
        with ExitStack() as stack:
            folder = Path(self.checkpoints or stack.enter_context(TemporaryDirectory()))
            store = Checkpoints(folder, fingerprint(settings, data))
            self.rounds_, histories = cross_validate(self, data, store)
            self.booster_ = final_model(self, data, store, self.rounds_)
            store.clear()
        self.booster_.set_attr(**{FINGERPRINT: None, HISTORY: None})
        self.curve_, self.details_ = learning_curve(histories), {"rounds": self.rounds_}
        self.cv_auc_ = [history["validation_auc"][self.rounds_ - 1] for history in histories]
        return self

    def packaged(self, names: Sequence[str]) -> TreeEnsemble:
        """Return the form that a bundle holds; ``names`` are the encoded names of the columns."""
        from takeback.models.export import to_onnx

        return to_onnx(self.booster_, names, base=0.0)

    def decision_function(self, X: Any) -> Array:
        """Return the log-odds, shape (n,)."""
        return self.margin(self._inputs(X))

    def margin(self, matrix: Array) -> Array:
        """Return the log-odds of each row, shape (n,)."""
        return self.booster_.inplace_predict(matrix, predict_type="margin")
