"""The core of HAR Lab: it knows actions, models and runs, and nothing of any screen.

Shape letters, used everywhere: ``N`` sequences, ``S`` frames of all sequences together,
``T`` frames of one sequence, ``J`` joints, ``F`` inputs of a model, ``H`` hidden units,
``K`` actions, ``B`` sequences of a batch.
"""
