"""alarms given"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alarms',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('told_at', tables.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_alarms'))
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
