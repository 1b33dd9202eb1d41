"""calendar addresses"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feeds',
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('made_at', tables.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_feeds_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_feeds')),
    sa.UniqueConstraint('digest', name='uq_feeds_digest')
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
