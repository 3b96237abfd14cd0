"""Management reviews and what they decided in the API, for reading: inputs, verdicts, minutes, actions with their dates."""

from drf_spectacular.utils import extend_schema

from audits.finding_api import NumberedDoor
from audits.finding_filters import OfReviews
from audits.models import ManagementReview, ReviewAction
from audits.review_serializers import ReviewActionSerializer, ReviewSerializer, WholeReviewSerializer


class ReviewViewSet(NumberedDoor):
    """Management reviews: the list in short, one review with everything that was frozen and signed."""

    serializer_class = ReviewSerializer
    lookup_value_regex = r"REV-\d{6,18}"
    queryset = ManagementReview.objects.none()

    def get_queryset(self):
        rows = ManagementReview.objects.visible_to(self.request.user).select_related("chair")
        rows = rows.prefetch_related("verdicts__by", "actions")
        if self.action == "list":
            return rows.defer("picture", "signed")
        return rows.prefetch_related("inputs__words_by", "attendees__person", "minutes__file")

    def get_serializer_class(self):
        return ReviewSerializer if self.action == "list" else WholeReviewSerializer

    @extend_schema(responses=WholeReviewSerializer)
    def retrieve(self, request, *args, **kwargs):
        """One review, whole."""
        return super().retrieve(request, *args, **kwargs)


class ReviewActionViewSet(NumberedDoor):
    """What signed reviews decided."""

    serializer_class = ReviewActionSerializer
    lookup_value_regex = r"MRA-\d{6,18}"
    queryset = ReviewAction.objects.none()
    filterset_class = OfReviews

    def get_queryset(self):
        rows = ReviewAction.objects.visible_to(self.request.user).decided()
        return rows.select_related("review", "owner", "done_by", "accepted_by").prefetch_related("moves__by")
