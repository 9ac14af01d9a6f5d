"""The 14 steps of the practical work, and what a student is asked at each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A step of the practical work.

    Attributes:
        number: from 1, as the course counts.
        name: of the step, short enough for a phone.
        what: what the student does.
        look_for: two sentences on what there is to see.
        question: what the student answers; empty where the step asks for nothing of its own.
        about: the model whose run answers it, or ``data``.
    """

    number: int
    name: str
    what: str
    look_for: str
    question: str
    about: str


STEPS: tuple[Step, ...] = (
    Step(
        1, "Three files, and how each is organised",
        "Load the three files and understand how each is organised",
        "The same place in the three files is the same recording: its skeletons, its action, its subject. "
        "Which axis counts the frames, which the joints, and do all sequences have the same length?",
        "How is each of the three files organised, and what do its dimensions mean?", "data",
    ),
    Step(
        2, "Sequences as moving skeletons",
        "Look at sequences as moving skeletons",
        "Play one action by several subjects, and then two actions that look alike. "
        "What stays the same from person to person, and where has the tracker lost the body?",
        "Which actions do you tell apart at once, and which are hard for you, too?", "data",
    ),
    Step(
        3, "The number of classes",
        "Find the number of classes",
        "A network has one output for each class, so this number is the size of its last layer. "
        "It also says how often guessing is right, which is what every accuracy has to be held against.",
        "How many classes are there, and which accuracy does guessing reach?", "data",
    ),
    Step(
        4, "Sequences normalised to [-1, 1]",
        "Normalise the sequences to [-1, 1]",
        "Compare the coordinates before and after: the metres between body and camera shall be gone. "
        "The movement shall still be there, so look at the skeleton before and after, too.",
        "What does the normalisation take away, what does it keep, and what is lost by it?", "data",
    ),
    Step(
        5, "Split by subject, not at random",
        "Split by subject: the first five train, 6 and 7 validation, the rest test",
        "Every part has to hold every class, which a random split does not promise. "
        "And no person may be in two parts, or the test is one on people whom the network knows.",
        "Why is the split made by subject, and not at random?", "data",
    ),
    Step(
        6, "First model: one LSTM layer, dropout",
        "First model: one LSTM layer of 24 units, then dropout 0.5",
        "Nearly all parameters are in the LSTM layer: four gates for each unit, fed by inputs and states. "
        "Dropout sets half of the layer's outputs to zero while it is trained, others at each step.",
        "How many parameters has the first model, and in which layers are they?", "lstm",
    ),
    Step(
        7, "2,000 epochs with batches of 256",
        "Train it for 2,000 epochs with batches of 256",
        "Watch when the validation accuracy stops rising, and whether the training loss still falls. "
        "A batch holds nearly the whole training part, so an epoch is only a step or two.",
        "", "lstm",
    ),
    Step(
        8, "Accuracy on the test set",
        "Evaluate on the test set",
        "Read the accuracy with the interval beside it: it was counted on few people. "
        "The validation subjects chose the epoch; whoever lets the test subjects choose has none left.",
        "How well does the first model recognise people whom it has never seen, and how sure is that number?",
        "lstm",
    ),
    Step(
        9, "Curves of loss and accuracy",
        "Plot the curves of loss and accuracy",
        "Where do the curves of training and test part from each other? "
        "A loss that rises while the accuracy stays means mistakes that the network is ever surer of.",
        "What do the curves say: does the model learn, does it overfit, and since when?", "lstm",
    ),
    Step(
        10, "A deeper model of two LSTM layers",
        "A deeper model of at least two LSTM layers",
        "Every layer but the last hands its whole sequence on to the next one. "
        "Is the difference to the first model larger than what another seed makes?",
        "Is the deeper model better than the first, and is it more than chance?", "stacked-lstm",
    ),
    Step(
        11, "Confusion matrix and its sequences",
        "Confusion matrix, and the sequences that were confused",
        "Each row is a true action, and what lies beside the diagonal is a mistake. "
        "Open the largest of these cells and watch: would you have taken the one for the other, too?",
        "Which actions are confused, and does it make sense when you see them move?", "lstm",
    ),
    Step(
        12, "PCA of the LSTM layer's features",
        "PCA of the last LSTM layer's features on the training set",
        "Do the sequences of an action lie together, and are neighbours actions that look alike? "
        "The axes say how much of the variance two components show; the rest can't be seen here.",
        "Do similar actions lie together?", "lstm",
    ),
    Step(
        13, "Bi-LSTM: forward and backward",
        "Bi-LSTM: forward and backward, combined",
        "One LSTM reads the sequence forward, one backward, and their last outputs are joined. "
        "It has twice the parameters of the first model: is it better, and in which actions?",
        "Does it help to read a sequence backward, too, and for which actions?", "bilstm",
    ),
    Step(
        14, "A 1D-CNN of as many parameters",
        "A 1D-CNN of as many parameters, for a fair comparison",
        "It has no memory, but looks at short stretches of frames one beside the other. "
        "Compare it with the first model on the same test sequences, and its time with the LSTM's, too.",
        "Is the comparison fair, and which model would you choose?", "cnn",
    ),
)  # fmt: skip

CONCLUSION = "What have you learned from the whole work, and what would you try next?"

QUESTIONS: dict[int, str] = {step.number: step.question for step in STEPS if step.question} | {0: CONCLUSION}
"""What a hand-in asks, by the number of the step; 0 is the question at its end."""
