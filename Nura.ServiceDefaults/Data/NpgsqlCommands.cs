using Npgsql;

namespace Nura.ServiceDefaults.Data;

/// <summary>Commands with their values, in the order of <c>$1</c>, <c>$2</c>, ...</summary>
public static class NpgsqlCommands
{
    /// <summary>A command on any connection of a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="values">Its values; a <see cref="NpgsqlParameter"/> where the type must be said, as of a null.</param>
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params ReadOnlySpan<object> values) => database.CreateCommand(sql).With(values);

    /// <summary>Adds values to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="values">As above.</param>
    /// <returns>The same command.</returns>
    public static NpgsqlCommand With(this NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
