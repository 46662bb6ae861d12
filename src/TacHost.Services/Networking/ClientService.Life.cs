using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking;

public sealed partial class ClientService
{
    /// <summary>Connects, waits for the loss, waits a while, and so on until the service stops.</summary>
    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var failures = 0; TrySetState(ClientState.Connecting);)
        {
            string reason;
            try
            {
                var connection = await ConnectAsync(stopping);
                failures = 0;
                SetConnected(connection);
                await connection.Ended;
                if (TryForget(connection))
                    continue;
                reason = connection.Reason is { } loss ? $"The connection was lost: {loss.Message}" : "The connection was closed.";
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                // The boundary around one attempt; a preparation may throw any exception.
                reason = e.Message;
                FailWaiters(e);
            }
            catch (Exception)
            {
                // The stop gave it up.
                return;
            }

            TaskCompletionSource hurried = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _retryNow = hurried;
            if (!TrySetState(ClientState.Waiting))
                return;
            TimeSpan delay;
            try
            {
                delay = SettingRange.Delay(RetryPolicy(++failures), nameof(RetryPolicy));
            }
            catch (Exception e)
            {
                // The boundary around the policy, which is the user's code.
                FailWaiters(e);
                Fail(e);
                return;
            }

            NetworkingLog.RetryScheduled(Logger, failures, _endpoint, Seconds(delay), reason);
            await DelayAsync(delay, hurried.Task, stopping);
        }
    }

    /// <summary>Goes to another state, unless the service stops.</summary>
    private bool TrySetState(ClientState state)
    {
        lock (_gate)
        {
            if (_state is ClientState.Disconnecting or ClientState.Stopped)
                return false;
            _state = state;
            return true;
        }
    }

    /// <summary>Makes and prepares a connection.</summary>
    private async Task<ClientConnection> ConnectAsync(CancellationToken stopping)
    {
        var connection = await ClientConnection.ConnectAsync(_endpoint, _factory, Application?.ConnectionMetrics.Of(ServicePath), TimeProvider, stopping);
        var known = false;
        try
        {
            lock (_gate)
            {
                if (_state != ClientState.Connecting)
                    throw new OperationCanceledException(stopping);

                // From here on a stop closes it in good order.
                _connection = connection;
                known = true;
            }

            if (PrepareConnection is { } prepare)
                await PrepareAsync(connection, prepare, stopping);
            return connection;
        }
        catch (Exception)
        {
            lock (_gate)
                _connection = null;
            if (!known || !stopping.IsCancellationRequested)
                connection.Abort();
            await connection.Ended;
            throw;
        }
    }

    private static async Task PrepareAsync(ClientConnection connection, Func<Protocol, CancellationToken, Task> prepare, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var preparing = prepare(connection.Protocol, over.Token);
        if (await Task.WhenAny(preparing, connection.Ended) != preparing)
            await over.CancelAsync();
        try
        {
            await preparing;
        }
        catch (OperationCanceledException e) when (connection.Ended.IsCompleted && !stopping.IsCancellationRequested)
        {
            throw new IOException($"The connection was lost while it was being prepared{(connection.Reason is { } loss ? $": {loss.Message}" : ".")}", e);
        }
    }

    private void SetConnected(ClientConnection connection)
    {
        lock (_gate)
        {
            if (_state != ClientState.Connecting)
                return;
            _state = ClientState.Connected;
            foreach (var waiter in _waiters)
                waiter.Connected.TrySetResult(connection.Protocol);
            _waiters.Clear();
        }

        NetworkingLog.Connected(Logger, _endpoint);
    }

    /// <summary>Forgets a connection.</summary>
    /// <returns>True if the end was wanted: there is nothing to wait for.</returns>
    private bool TryForget(ClientConnection connection)
    {
        lock (_gate)
        {
            if (_connection == connection)
                _connection = null;
            return _state != ClientState.Connected;
        }
    }

    /// <summary>Fails every waiter that has reached its limit of failures.</summary>
    private void FailWaiters(Exception failure)
    {
        lock (_gate)
        {
            foreach (var waiter in _waiters.Where(each => --each.Failures == 0).ToList())
            {
                waiter.Connected.TrySetException(failure);
                _waiters.Remove(waiter);
            }
        }
    }

    private async Task DelayAsync(TimeSpan delay, Task hurried, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(delay, TimeProvider, end.Token), hurried);
        await end.CancelAsync();
    }
}
