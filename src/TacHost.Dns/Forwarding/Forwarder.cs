using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Dns.Messages;
using TacHost.Proxies.Relaying;
using TacHost.Services;

namespace TacHost.Dns.Forwarding;

/// <summary>Forwards questions to the upstreams if the answer is not cached. Identical concurrent questions are forwarded only once.</summary>
internal sealed class Forwarder : IDisposable
{
    private const int MostQuestions = 512;
    private const int MostWaiting = 4096;
    private const int Rounds = 2;

    private static readonly TimeSpan _restTime = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<AnswerCacheKey, Task<DnsMessage?>> _asked = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly DnsOptions _options;
    private readonly ILogger _logger;
    private readonly TargetList<DnsUpstream> _upstreams;
    private int _waiting;

    public Forwarder(DnsOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        _upstreams = new TargetList<DnsUpstream>(options.Upstreams, Backoff.Constant(_restTime), options.TimeProvider);
        Cache = new AnswerCache(options.CacheSize, options.TimeProvider);
    }

    public AnswerCache Cache { get; }

    /// <summary>Returns the answer to a question, from the cache or an upstream.</summary>
    /// <returns>The answer, or null if no upstream has answered or too many questions are pending.</returns>
    public async ValueTask<DnsMessage?> AskAsync(DnsQuestion question, bool dnssecOk, bool checkingDisabled)
    {
        AnswerCacheKey key = new(question.Name, question.Type, dnssecOk, checkingDisabled);
        if (Cache.TryFind(key, out var known))
            return known;
        Task<DnsMessage?>? answer;
        lock (_gate)
        {
            if (_waiting >= MostWaiting || _stopping.IsCancellationRequested)
                return null;
            if (!_asked.TryGetValue(key, out answer))
            {
                // The answer may have been cached in the meantime.
                if (Cache.TryFind(key, out known))
                    return known;
                if (_asked.Count >= MostQuestions)
                    return null;
                _asked.Add(key, answer = Task.Run(() => AskUpstreamsAsync(key, question)));
            }

            _waiting++;
        }

        try
        {
            return await answer;
        }
        finally
        {
            lock (_gate)
                _waiting--;
        }
    }

    /// <summary>Cancels pending questions. Later questions are not answered.</summary>
    public void Dispose() => _stopping.Cancel();

    private async Task<DnsMessage?> AskUpstreamsAsync(AnswerCacheKey key, DnsQuestion question)
    {
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                var isTold = false;
                foreach (var upstream in _upstreams.InOrder())
                {
                    if (await AskAsync(upstream, key, question) is not { } answer)
                        continue;
                    if (answer.Code is ResponseCode.NoError or ResponseCode.NXDomain)
                    {
                        Cache.Add(key, answer);
                        return answer;
                    }

                    isTold = true;
                }

                if (isTold)
                    return null;
            }

            return null;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            lock (_gate)
                _asked.Remove(key);
        }
    }

    private async Task<DnsMessage?> AskAsync(DnsUpstream upstream, AnswerCacheKey key, DnsQuestion question)
    {
        using CancellationTokenSource limit = new(_options.Timeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, limit.Token);
        try
        {
            var answer = await UpstreamExchange.AskAsync(upstream.Address, question, key.DnssecOk, key.CheckingDisabled, either.Token);
            if (_upstreams.NoteUp(upstream))
                DnsLog.UpstreamUp(_logger, upstream);
            return answer;
        }
        catch (Exception e) when (e is SocketException or DnsFormatException or IOException || (e is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            if (_upstreams.NoteDown(upstream))
                DnsLog.UpstreamDown(_logger, upstream, e is OperationCanceledException ? "nothing came in time" : e.Message);
            return null;
        }
    }
}
