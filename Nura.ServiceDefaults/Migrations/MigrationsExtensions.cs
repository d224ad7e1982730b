using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nura.ServiceDefaults.Migrations;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers a service's database migrations.</summary>
public static partial class MigrationsExtensions
{
    /// <summary>
    /// Applies an assembly's embedded <c>Migrations/NNNN_name.sql</c> in order while the host starts, before the web server
    /// listens and before hosted services registered later. Needs an <see cref="Npgsql.NpgsqlDataSource"/>.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="schema">The schema of the service or of a library that several use, created when missing; lower-case letters, digits and <c>_</c>.</param>
    /// <param name="assembly">The assembly that embeds the migrations.</param>
    /// <remarks>
    /// Each file runs in a transaction of its own with the schema first in <c>search_path</c>, so <c>create index concurrently</c> is not possible,
    /// and extensions are created with <c>schema public</c>. A file must not change once released: its checksum is recorded.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The assembly embeds no migration or two of one number; at start: an applied one was changed.</exception>
    public static void AddMigrations(this IHostApplicationBuilder builder, string schema, Assembly assembly) =>
        builder.AddMigrations(schema, Migration.In(assembly));

    internal static void AddMigrations(this IHostApplicationBuilder builder, string schema, IReadOnlyList<Migration> migrations)
    {
        if (!SchemaName().IsMatch(schema))
        {
            throw new ArgumentException($"'{schema}' is no schema name: lower-case letters, digits and _ only.", nameof(schema));
        }

        builder.Services.AddOptions<MigrationOptions>().BindConfiguration(MigrationOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<MigrationOptions>, MigrationOptionsValidator>();
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<MigrationService>(services, schema, migrations));
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex SchemaName();
}
