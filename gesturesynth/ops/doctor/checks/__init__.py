"""The checks of the doctor, a module for each subject."""
