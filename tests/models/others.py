"""Candidates of other packages, as files in conf/model/ would name them."""

SPLINES = {
    "_target_": "sklearn.pipeline.Pipeline",
    "steps": [
        ["fill", {"_target_": "sklearn.impute.SimpleImputer", "strategy": "median"}],
        ["scale", {"_target_": "sklearn.preprocessing.RobustScaler"}],
        ["splines", {"_target_": "sklearn.preprocessing.SplineTransformer", "n_knots": 5}],
        ["logistic", {"_target_": "sklearn.linear_model.LogisticRegression", "C": 0.1, "max_iter": 1000}],
    ],
}
HIST = {
    "_target_": "sklearn.ensemble.HistGradientBoostingClassifier",
    "max_iter": 60,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 60,
}
LIGHTGBM = {
    "_target_": "lightgbm.LGBMClassifier",
    "n_estimators": 60,
    "num_leaves": 8,
    "min_child_samples": 60,
    "verbosity": -1,
}
OTHERS = {
    "hist": HIST,
    "splines": SPLINES,
    "lightgbm": LIGHTGBM,
    "xgb": {"_target_": "xgboost.XGBClassifier", "n_estimators": 60, "max_depth": 3},
    "trees": {"_target_": "sklearn.ensemble.RandomForestClassifier", "n_estimators": 60, "min_samples_leaf": 20},
    "extra": {"_target_": "sklearn.ensemble.ExtraTreesClassifier", "n_estimators": 60, "min_samples_leaf": 20},
    "tree": {"_target_": "sklearn.tree.DecisionTreeClassifier", "max_depth": 5, "min_samples_leaf": 20},
}
HOLDS_DIRECTIONS = {name for name in OTHERS if name != "splines"}


def with_others(config, others=OTHERS):
    """Return the settings with more candidates."""
    model = {name: settings.model_dump(by_alias=True) for name, settings in config.model.items()}
    return type(config).model_validate({**config.model_dump(by_alias=True), "model": {**model, **others}})
