"""a smaller version for one time"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('occasions', sa.Column('smaller', tables.Words(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
