"""a monthly card"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('people', sa.Column('wants_card', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('people', sa.Column('card_month', sa.Text(), server_default='', nullable=False))
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.create_index('ix_people_cards', ['card_month'], unique=False, sqlite_where=sa.text("wants_card"), postgresql_where=sa.text("wants_card"))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
