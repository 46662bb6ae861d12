using System.Net;
using System.Net.Sockets;
using FastPoetry.Services.Datagrams;

namespace FastPoetry.Services;

/// <summary>Fetches a poem by datagrams from a server with <see cref="PoetryDatagrams"/>; requests lost parts again.</summary>
public static class DatagramPoetryClient
{
    private const int LongestDatagram = 64 * 1024;
    private const int MostAttempts = 8;

    /// <summary>Fetches one poem.</summary>
    /// <param name="server">The address of the server.</param>
    /// <param name="name">The poem, or null for the first that the server has.</param>
    /// <param name="longest">The longest poem to accept, in bytes. Defaults to 1 MiB.</param>
    /// <param name="attempt">The time to wait for an answer before asking again; eight times in a row without any piece is the end. Defaults to one second.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The whole poem.</returns>
    /// <exception cref="PoetryException">The server does not answer, does not have the poem, or the poem is too long.</exception>
    public static async Task<byte[]> FetchAsync(IPEndPoint server, string? name = null, int longest = PoetryClient.DefaultLongestPoem, TimeSpan? attempt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken);
        PoemAssembly poem = new(longest);
        var datagram = new byte[LongestDatagram];
        SocketException? refused = null;
        for (var attempts = 0; attempts < MostAttempts; attempts++)
        {
            var before = poem.Missing;
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(attempt ?? TimeSpan.FromSeconds(1));
            try
            {
                await socket.SendAsync(new PoemRequest(name, poem.Missing).ToDatagram(PoetryDatagrams.LongestAnswer), cancellationToken);
                for (var answers = 0; answers < PoetryDatagrams.MostAmplification; answers++)
                {
                    var length = await socket.ReceiveAsync(datagram, timeout.Token);
                    Read(server, datagram.AsSpan(0, length), poem);
                    if (poem.Whole is { } whole)
                        return whole;
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Lost; the next request begins with the missing part.
            }
            catch (SocketException e)
            {
                // No process listens on the port now. Wait as long as for a lost answer.
                refused = e;
                await Task.Delay(Timeout.Infinite, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (poem.Missing > before)
                attempts = -1;
        }

        throw new PoetryException($"No poem was received from udp:{server}: {(refused is null ? "it did not answer" : $"{refused.Message}")}.\n  Start a server there, or ask another.", refused);
    }

    private static void Read(IPEndPoint server, ReadOnlySpan<byte> datagram, PoemAssembly poem)
    {
        if (PoemFragment.TryParse(datagram, out var fragment, out var piece))
            poem.Add(fragment, piece);
        else if (NoSuchPoem.TryParse(datagram, out var none))
            throw new PoetryException($"No poem was received from udp:{server}: it has no poem '{none.Name}'.");
    }
}
