"""YOHO (Venkatesh et al., 2022): sound events as presence, onset and offset in bins of a third of a second."""
