namespace TacHost;

/// <summary>The binary format of lists: the count, then the elements.</summary>
internal static class BinaryLists
{
    public static void WriteList(this BinaryWriter writer, IReadOnlyList<string> list)
    {
        writer.Write(list.Count);
        foreach (var item in list)
            writer.Write(item);
    }

    public static string[] ReadList(this BinaryReader reader) => reader.ReadList(static from => from.ReadString());

    public static T[] ReadList<T>(this BinaryReader reader, Func<BinaryReader, T> read)
        where T : class
    {
        var list = new T[reader.ReadInt32()];
        for (var i = 0; i < list.Length; i++)
            list[i] = read(reader);
        return list;
    }
}
