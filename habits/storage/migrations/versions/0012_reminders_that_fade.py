"""reminders that fade"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('commitments', sa.Column('fades_from', tables.Day(), nullable=True))
    op.add_column('commitments', sa.Column('fading_offered_at', tables.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
