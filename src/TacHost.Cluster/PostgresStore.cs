using Npgsql;
using NpgsqlTypes;

namespace TacHost.Cluster;

/// <summary>The tables of a cluster in PostgreSQL. Each question has a short time limit, because a lease may end before a late answer.</summary>
/// <remarks>All times are those of the server, so that the clocks of the nodes do not matter.</remarks>
internal sealed class PostgresStore : IAsyncDisposable
{
    private const string Schema = """
        create schema if not exists tachost;
        create table if not exists tachost.node (name text primary key, incarnation text not null, address text not null, report text not null, seen timestamptz not null);
        create table if not exists tachost.lease (name text primary key, incarnation text not null, node text not null, epoch bigint not null, until timestamptz not null);
        create table if not exists tachost.desired (id int primary key check (id = 1), version bigint not null, text text not null);
        """;

    private readonly NpgsqlDataSource _source;
    private readonly string _incarnation = Guid.NewGuid().ToString("N");
    private readonly string _node;
    private readonly string _address;
    private readonly TimeSpan _leaseTime;

    /// <param name="connection">The connection string.</param>
    /// <param name="node">The name of the node.</param>
    /// <param name="address">The address of the node.</param>
    /// <param name="leaseTime">The time after which a lease ends that is not renewed.</param>
    /// <exception cref="TacHostException">The connection string is not one.</exception>
    public PostgresStore(string connection, string node, string address, TimeSpan leaseTime)
    {
        (_node, _address, _leaseTime) = (node, address, leaseTime);
        try
        {
            NpgsqlConnectionStringBuilder builder = new(connection) { Timeout = 2, CommandTimeout = 2, CancellationTimeout = 1000, MaxPoolSize = 4, ApplicationName = $"tachost {node}" };
            _source = NpgsqlDataSource.Create(builder);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new TacHostException(ExitCode.Usage, $"the text after --postgres is not a connection string of PostgreSQL: {e.Message}", e);
        }
    }

    public async Task CreateAsync()
    {
        try
        {
            await using var command = _source.CreateCommand(Schema);
            await command.ExecuteNonQueryAsync();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateSchema)
        {
            // Another node creates them at the same moment.
        }
    }

    /// <summary>Publishes the report of this node, renews its leases, and reads the shared state.</summary>
    /// <param name="report">The report.</param>
    /// <param name="epochs">The epochs of the deployments of this node, so that the next node begins above them.</param>
    /// <param name="isFirst">True if the node joins. It then replaces one of the same name and address, which must have ended.</param>
    public async Task<PostgresState> ExchangeAsync(string report, IReadOnlyDictionary<string, long> epochs, bool isFirst)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using NpgsqlBatch batch = new(connection);
        Add(batch, """
            insert into tachost.node as old values ($1, $2, $3, $4, now())
            on conflict (name) do update set incarnation = $2, address = $3, report = $4, seen = now()
            where old.incarnation = $2 or old.seen < now() - $5 or ($6 and old.address = $3)
            returning name
            """, _node, _incarnation, _address, report, _leaseTime, isFirst);
        Add(batch, """
            update tachost.lease as old set until = now() + $2, epoch = greatest(old.epoch, known.epoch)
            from unnest($3, $4) as known (name, epoch)
            where old.incarnation = $1 and old.until > now() and old.name = known.name
            """, _incarnation, _leaseTime, epochs.Keys.ToArray(), epochs.Values.ToArray());
        Add(batch, "select name, node, incarnation = $1, until > now() from tachost.lease", _incarnation);
        Add(batch, "select report from tachost.node where seen > now() - $1", _leaseTime);
        Add(batch, "select text from tachost.desired");
        await using var reader = await batch.ExecuteReaderAsync();
        var isRegistered = await reader.ReadAsync();
        await reader.NextResultAsync();
        List<PostgresLease> leases = [];
        while (await reader.ReadAsync())
            leases.Add(new PostgresLease(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3)));
        await reader.NextResultAsync();
        List<string> reports = [];
        while (await reader.ReadAsync())
            reports.Add(reader.GetString(0));
        await reader.NextResultAsync();
        return new PostgresState(isRegistered, leases, reports, await reader.ReadAsync() ? reader.GetString(0) : null);
    }

    /// <summary>Acquires a free lease.</summary>
    /// <returns>The epoch, which is larger than any before; null if another node was faster.</returns>
    public async Task<long?> AcquireAsync(string name)
    {
        await using var command = _source.CreateCommand("""
            insert into tachost.lease as old values ($1, $2, $3, (extract(epoch from now()) * 1000)::bigint, now() + $4)
            on conflict (name) do update set incarnation = $2, node = $3, epoch = greatest(old.epoch + 1, excluded.epoch), until = excluded.until
            where old.until <= now()
            returning epoch
            """);
        AddParameters(command.Parameters, name, _incarnation, _node, _leaseTime);
        return await command.ExecuteScalarAsync() as long?;
    }

    public async Task ReleaseAsync(string name, long epoch)
    {
        await using var command = _source.CreateCommand("update tachost.lease set until = now(), epoch = greatest(epoch, $3) where name = $1 and incarnation = $2 and until > now()");
        AddParameters(command.Parameters, name, _incarnation, epoch);
        await command.ExecuteNonQueryAsync();
    }

    public async Task RemoveAsync()
    {
        await using var command = _source.CreateCommand("delete from tachost.node where name = $1 and incarnation = $2");
        AddParameters(command.Parameters, _node, _incarnation);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Replaces the desired state, if the version before it is the present one.</summary>
    /// <returns>False if another version is in force.</returns>
    public async Task<bool> ChangeAsync(long version, string text)
    {
        await using var command = _source.CreateCommand("""
            insert into tachost.desired as old select 1, $1, $2 where $1 = 1 or exists (select from tachost.desired)
            on conflict (id) do update set version = $1, text = $2
            where old.version = $1 - 1
            returning version
            """);
        AddParameters(command.Parameters, version, text);
        return await command.ExecuteScalarAsync() is long;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static void Add(NpgsqlBatch batch, string text, params object[] values)
    {
        NpgsqlBatchCommand command = new(text);
        AddParameters(command.Parameters, values);
        batch.BatchCommands.Add(command);
    }

    private static void AddParameters(NpgsqlParameterCollection parameters, params object[] values)
    {
        foreach (var value in values)
            parameters.Add(value is TimeSpan ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Interval } : new NpgsqlParameter { Value = value });
    }
}

/// <summary>The state that the nodes of a cluster share in PostgreSQL.</summary>
/// <param name="IsRegistered">Whether the name of this node is its own. Otherwise, another node with the name is alive.</param>
/// <param name="Leases">The leases.</param>
/// <param name="Reports">The reports of the nodes that are alive.</param>
/// <param name="Desired">The text of the desired state, or null.</param>
internal sealed record PostgresState(bool IsRegistered, IReadOnlyList<PostgresLease> Leases, IReadOnlyList<string> Reports, string? Desired);

/// <summary>A lease.</summary>
/// <param name="Name">The name of the deployment.</param>
/// <param name="Node">The name of the node that has, or had, the lease.</param>
/// <param name="IsOurs">Whether this process has acquired the lease.</param>
/// <param name="IsHeld">Whether the lease has not ended.</param>
internal sealed record PostgresLease(string Name, string Node, bool IsOurs, bool IsHeld);
