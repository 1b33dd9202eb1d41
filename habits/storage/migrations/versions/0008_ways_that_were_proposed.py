"""ways that were proposed"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('picks',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('way_id', sa.BigInteger(), nullable=False),
    sa.Column('made_at', tables.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_picks_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['way_id'], ['ways.id'], name=op.f('fk_picks_way_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_picks'))
    )
    with op.batch_alter_table('picks', schema=None) as batch_op:
        batch_op.create_index('ix_picks_person', ['person_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
