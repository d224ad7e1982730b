using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Nura.Hosting;

namespace Nura.Tests.Databases;

/// <summary>
/// One fresh, empty database per test class and engine. Use it as a class fixture:
/// <c>[Theory, MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]</c> with
/// <c>await database.GetAsync(engine)</c> where SQL, locks or connections are what is tried; elsewhere a fact with <c>await database.GetAsync()</c>.
/// </summary>
public sealed partial class DatabaseFixture : IAsyncLifetime, IDisposable
{
    private static readonly ConcurrentDictionary<string, NpgsqlDataSource> s_pools = new();

    private readonly Dictionary<string, string> _connectionStrings = [];
    private readonly SemaphoreSlim _lock = new(1);
    private PgliteServer? _pglite;
    private string? _folder;

    /// <summary>The connection string of this class's database on <see cref="Fastest"/>.</summary>
    public Task<string> GetAsync() => GetAsync(Fastest);

    /// <summary>The connection string of this class's database on an engine; started when first asked for. It has pgvector.</summary>
    public async Task<string> GetAsync(string engine)
    {
        await _lock.WaitAsync();
        try
        {
            if (_connectionStrings.TryGetValue(engine, out var known))
            {
                return known;
            }

            var connectionString = engine == Pglite ? await StartPgliteAsync() : await NativeTestServer.CreateDatabaseAsync();
            s_pools[connectionString] = NpgsqlDataSource.Create(connectionString);
            return _connectionStrings[engine] = connectionString;
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>
    /// The pool of connections that every service and test on a fixture's database shares, because opening a connection costs more than most tests do with it;
    /// <see langword="null"/> for any other database. Not to be disposed of.
    /// </summary>
    public static NpgsqlDataSource? Pool(string? connectionString) => s_pools.GetValueOrDefault(connectionString ?? "");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var connectionString in _connectionStrings.Values)
        {
            if (s_pools.TryRemove(connectionString, out var pool))
            {
                await pool.DisposeAsync();
            }
        }

        if (_pglite is not null)
        {
            await _pglite.DisposeAsync();
            Directory.Delete(_folder!, recursive: true);
        }
    }

    public void Dispose() => _lock.Dispose();

    private async Task<string> StartPgliteAsync()
    {
        _folder = Directory.CreateTempSubdirectory("nura-pglite-").FullName;
        _pglite = await PgliteServer.StartAsync(PglitePackages.FindTools(AppContext.BaseDirectory), Path.Combine(_folder, "data"), 0, NullLogger.Instance, CancellationToken.None);
        return $"Host=127.0.0.1;Port={_pglite.Port};Username=postgres;Password=unused;Database=nura;{_pglite.Settings}";
    }
}
