-- The usage metrics of each call, with all models but the top ones under one name.
-- reads: usage_values_by_model
-- params: $top_models VARCHAR[], $no_model_is_top BOOLEAN, $others VARCHAR (the name of the rest)
select
    * replace (
        case
            when list_contains($top_models, model) then model
            when model is null and $no_model_is_top then null
            else $others
        end as model
    )
from usage_values_by_model
