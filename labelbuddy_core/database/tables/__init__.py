"""All tables, by what they hold."""

from labelbuddy_core.database.tables.accounts import (
    ApiToken,
    BrowserSession,
    FailedSignIns,
    InstallationValue,
    Ticket,
    User,
)
from labelbuddy_core.database.tables.annotation_imports import (
    AnnotationImport,
    AnnotationImportFile,
    AnnotationImportProblem,
    ImportedAnnotation,
    OutsideAuthor,
)
from labelbuddy_core.database.tables.annotations import (
    Annotation,
    AnnotationItem,
    Consensus,
    FirstPass,
    MergedConsensus,
    RegionVerdict,
    Review,
    ReviewClaim,
    Revision,
)
from labelbuddy_core.database.tables.headphone_checks import HeadphoneCheck
from labelbuddy_core.database.tables.imports import Import, ImportedFile
from labelbuddy_core.database.tables.label_changes import LabelChange, LabelChangePart
from labelbuddy_core.database.tables.model_history import ModelHistory
from labelbuddy_core.database.tables.models import (
    CaptionVector,
    Embedding,
    Model,
    ModelAnswer,
    Prediction,
    PredictionDecision,
    ProjectModel,
)
from labelbuddy_core.database.tables.projects import Membership, Project, ProjectLabel
from labelbuddy_core.database.tables.propagations import Propagation
from labelbuddy_core.database.tables.recordings import Assignment, HandedOver, Recording, ReviewAssignment, Task, Upload
from labelbuddy_core.database.tables.release_comparisons import ReleaseComparison, ReleaseComparisonPart
from labelbuddy_core.database.tables.releases import Release
from labelbuddy_core.database.tables.running_models import RunningModel
from labelbuddy_core.database.tables.tours import Tour
from labelbuddy_core.database.tables.training import ModelVersion, TrainingEpoch, TrainingLogLine, TrainingRun
from labelbuddy_core.database.tables.work import Activity, HistoryEvent, Job, WorkerHeartbeat

__all__ = [
    "Activity",
    "Annotation",
    "AnnotationImport",
    "AnnotationImportFile",
    "AnnotationImportProblem",
    "AnnotationItem",
    "ApiToken",
    "Assignment",
    "BrowserSession",
    "CaptionVector",
    "Consensus",
    "Embedding",
    "FailedSignIns",
    "FirstPass",
    "HandedOver",
    "HeadphoneCheck",
    "HistoryEvent",
    "Import",
    "ImportedAnnotation",
    "ImportedFile",
    "InstallationValue",
    "Job",
    "LabelChange",
    "LabelChangePart",
    "Membership",
    "MergedConsensus",
    "Model",
    "ModelAnswer",
    "ModelHistory",
    "ModelVersion",
    "OutsideAuthor",
    "Prediction",
    "PredictionDecision",
    "Project",
    "ProjectLabel",
    "ProjectModel",
    "Propagation",
    "Recording",
    "RegionVerdict",
    "Release",
    "ReleaseComparison",
    "ReleaseComparisonPart",
    "Review",
    "ReviewAssignment",
    "ReviewClaim",
    "Revision",
    "RunningModel",
    "Task",
    "Ticket",
    "Tour",
    "TrainingEpoch",
    "TrainingLogLine",
    "TrainingRun",
    "Upload",
    "User",
    "WorkerHeartbeat",
]
