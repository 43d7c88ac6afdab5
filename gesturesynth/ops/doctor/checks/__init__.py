"""The checks of the doctor, a module for each subject. In each, `check_*` collects facts and `judge_*` judges them."""
