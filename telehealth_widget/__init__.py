"""A telehealth video session inside a Jupyter notebook."""
