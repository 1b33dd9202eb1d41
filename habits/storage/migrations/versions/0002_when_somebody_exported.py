"""when somebody exported"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('people', sa.Column('exported_at', tables.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
