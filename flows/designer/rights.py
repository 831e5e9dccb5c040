"""Who may build procedures: the process owner, and only those of the own institution."""

from typing import Any

from wagtail.permission_policies.base import ModelPermissionPolicy

from cases.models import User
from flows.models import Procedure

MAY_BUILD = "flows.change_procedure"
MAY_PUBLISH = "flows.publish_procedure"


class OwnInstitutionPolicy(ModelPermissionPolicy):
    """Wagtail asks for permissions on models; here a procedure of another institution is nobody's business."""

    def user_has_permission_for_instance(self, user: User, action: str, instance: Procedure) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: User, actions: Any, instance: Procedure) -> bool:
        is_own = user.institution_id is not None and instance.institution_id in (None, user.institution_id)
        return is_own and self.user_has_any_permission(user, actions)

    def instances_user_has_any_permission_for(self, user: User, actions: Any) -> Any:
        return super().instances_user_has_any_permission_for(user, actions).visible_to(user)
