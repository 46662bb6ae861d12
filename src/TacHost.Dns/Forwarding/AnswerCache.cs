using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using TacHost.Dns.Messages;

namespace TacHost.Dns.Forwarding;

/// <summary>A cache of positive and negative answers (RFC 2308), limited by their TTL and by a total size. The least recently used answers are evicted first.</summary>
internal sealed class AnswerCache(long capacity, TimeProvider timeProvider)
{
    private const uint LongestLife = 86_400;
    private const uint LongestNegativeLife = 10_800;

    /// <summary>The estimated memory of an entry in bytes, in addition to the message.</summary>
    private const int Overhead = 300;

    private readonly Lock _gate = new();
    private readonly Dictionary<AnswerCacheKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Gets the total size of the entries in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Gets the cached answer to a question, with the remaining TTLs.</summary>
    public bool TryFind(AnswerCacheKey key, [NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        Entry entry;
        uint age;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
                return false;
            entry = node.Value;
            age = (uint)timeProvider.GetElapsedTime(entry.Since).TotalSeconds;
            if (age >= entry.Life)
            {
                Remove(node);
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }

        message = DnsMessage.Read(entry.Bytes);
        foreach (var records in new[] { message.Answers, message.Authorities, message.Additionals })
        {
            for (var i = 0; i < records.Count; i++)
                records[i] = records[i] with { Ttl = records[i].Ttl - age };
        }

        return true;
    }

    public void Add(AnswerCacheKey key, DnsMessage message)
    {
        var life = LifeOf(message);
        if (life == 0)
            return;
        message.Edns = null;
        Entry entry = new(key, message.Write(), timeProvider.GetTimestamp(), life);
        if (entry.Size > capacity)
            return;
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var old))
                Remove(old);
            _entries.Add(key, _byUse.AddFirst(entry));
            Size += entry.Size;
            while (Size > capacity)
                Remove(_byUse.Last!);
        }
    }

    /// <summary>Returns the time in seconds for which an answer may be cached, or 0 if it must not be cached.</summary>
    public static uint LifeOf(DnsMessage message)
    {
        if (message.Code is not (ResponseCode.NoError or ResponseCode.NXDomain))
            return 0;
        var life = LongestLife;
        foreach (var record in message.Answers.Concat(message.Authorities).Concat(message.Additionals))
            life = Math.Min(life, record.Ttl > int.MaxValue ? 0 : record.Ttl);
        if (message.Code == ResponseCode.NoError && message.Answers.Exists(record => record.Type == message.Question.Type))
            return life;
        return message.Authorities.Find(record => record.Type == RecordType.SOA) is { } soa
            ? Math.Min(life, Math.Min(LongestNegativeLife, BinaryPrimitives.ReadUInt32BigEndian(soa.Data.Span[^sizeof(uint)..])))
            : 0;
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byUse.Remove(node);
        Size -= node.Value.Size;
    }

    private sealed record Entry(AnswerCacheKey Key, byte[] Bytes, long Since, uint Life)
    {
        public long Size => Bytes.Length + Overhead;
    }
}
