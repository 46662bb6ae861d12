using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Dns.Forwarding;
using TacHost.Dns.Messages;
using TacHost.Dns.Zones;

namespace TacHost.Dns;

/// <summary>Creates the response to a request, independently of the transport.</summary>
internal sealed class DnsResponder(DnsOptions options, LocalNames names, Forwarder? forwarder, ILogger logger)
{
    /// <summary>The maximum length of a request. Every valid question fits, including its additional records.</summary>
    public const int LongestRequest = 4096;

    private const int MailB = 253;
    private const int MailA = 254;

    /// <summary>Answers a request.</summary>
    /// <param name="request">The received message.</param>
    /// <param name="client">The address of the client, or null for a transport other than IP.</param>
    /// <param name="isDatagram">True if the response must fit into a datagram.</param>
    /// <returns>The response, or null if the message must not be answered: it is a response itself, or too short.</returns>
    public async ValueTask<byte[]?> AnswerAsync(byte[] request, IPAddress? client, bool isDatagram)
    {
        if (request.Length < DnsMessage.HeaderSize)
            return null;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(sizeof(ushort)));
        if ((flags & DnsMessage.ResponseFlag) != 0)
            return null;
        if (DnsMessage.OpcodeOf(flags) != 0)
            return Bare(request, ResponseCode.NotImp);
        DnsMessage query;
        try
        {
            query = request.Length <= LongestRequest ? DnsMessage.Read(request) : throw new DnsFormatException("it is too long");
        }
        catch (DnsFormatException)
        {
            return Bare(request, ResponseCode.FormErr);
        }

        DnsMessage response = new()
        {
            Id = query.Id,
            IsResponse = true,
            RecursionDesired = query.RecursionDesired,
            RecursionAvailable = forwarder is not null && MayForward(client),
            CheckingDisabled = query.CheckingDisabled,
            Question = query.Question,
            Edns = query.Edns is { } edns ? new Edns(DnsMessage.UsualUdpSize, DnssecOk: edns.DnssecOk) : null,
        };
        await FillAsync(query, response);
        if (logger.IsEnabled(LogLevel.Debug))
            DnsLog.Asked(logger, client, query.Question.Name, RecordText.Name(query.Question.Type), response.Code);
        return response.Write(isDatagram ? Math.Clamp(query.Edns?.UdpSize ?? 0, DnsMessage.SmallestUdpSize, DnsMessage.UsualUdpSize) : DnsMessage.Longest);
    }

    private async ValueTask FillAsync(DnsMessage query, DnsMessage response)
    {
        var question = query.Question;
        if (query.Edns is { Version: > 0 })
        {
            response.Code = ResponseCode.BadVers;
            return;
        }

        if (question.Type == RecordType.OPT)
        {
            response.Code = ResponseCode.FormErr;
            return;
        }

        if (question.Class != DnsRecord.Internet || question.Type is RecordType.AXFR or RecordType.IXFR or RecordType.TSIG or RecordType.TKEY or (RecordType)MailA or (RecordType)MailB)
        {
            response.Code = ResponseCode.Refused;
            return;
        }

        if (names.Answer(question, response) is not { } left)
            return;
        if (!response.RecursionAvailable || !query.RecursionDesired)
        {
            // The alias alone is an answer; the client continues with another server.
            response.Code = response.Answers.Count > 0 ? ResponseCode.NoError : ResponseCode.Refused;
            return;
        }

        if (question.Type == RecordType.ANY)
        {
            response.Answers.Add(Zone.MinimalAny(left));
            return;
        }

        if (await forwarder!.AskAsync(question with { Name = left }, query.Edns is { DnssecOk: true }, query.CheckingDisabled) is not { } answer)
        {
            response.Fail();
            return;
        }

        response.Code = answer.Code;
        response.Answers.AddRange(answer.Answers);
        response.Authorities.AddRange(answer.Authorities);
        response.Additionals.AddRange(answer.Additionals);
    }

    /// <summary>Creates a response that contains only the ID of the request and the code.</summary>
    private static byte[] Bare(byte[] request, ResponseCode code)
    {
        const byte response = 0x80, opcodeAndRecursionDesired = 0x79;
        return [request[0], request[1], (byte)(response | (request[2] & opcodeAndRecursionDesired)), (byte)code, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private bool MayForward(IPAddress? client)
    {
        if (client is null)
            return false;
        var address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        return options.Allowed.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
    }
}
