"""who may come in"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('invitations',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('made_at', tables.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_invitations'))
    )
    op.create_table('admissions',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('next_at', tables.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_admissions'))
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
